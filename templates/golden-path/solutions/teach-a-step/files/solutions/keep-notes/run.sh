set -eu
echo notes.txt >> .gitignore
git add .gitignore
git commit -m "Keep notes out of the repository"
