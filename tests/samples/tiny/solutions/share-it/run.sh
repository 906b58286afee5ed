set -eu
git switch -q -c hello
git add -A
git commit -q -m "Say hello"
git push -q -u origin hello
goldenpath pr open
goldenpath pr merge --no-input
git switch -q main
git pull -q
