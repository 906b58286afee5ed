git add hello.txt
git commit --quiet -m "Greet"
