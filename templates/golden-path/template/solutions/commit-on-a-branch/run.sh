set -eu
git switch -c greet-by-name
git add --all
git commit -m "Greet people by their name"
