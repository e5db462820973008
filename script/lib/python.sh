# Finds the Python that Didim's scripts run on; sourced by script/server, script/test, script/flask.
# shellcheck shell=bash
: "${root:?the folder of the repository}"

# The embedded database has wheels up to Python 3.13; a database of your own needs none of them.
newest=13
if [ -n "${MONGODB_URI:-}" ]; then newest=99; fi

# Is this a Python that will do? The environment's own must hold pip: a half-made one does not.
suits() {
  "$1" - "$newest" "$1" >/dev/null 2>&1 <<'PY'
import sys
assert (3, 10) <= sys.version_info[:2] <= (3, int(sys.argv[1]))
if "/.venv/" in sys.argv[2]:
    import pip
PY
}

# Replace this shell by a Python that runs the given file of script/lib with the arguments.
run() {
  local candidate file=$1
  shift
  for candidate in "$root/.venv/bin/python" python3 python3.13 python3.12 python3.11 python3.10; do
    if suits "$candidate"; then exec "$candidate" "$root/script/lib/$file" "$@"; fi
  done
  local found
  found=$(python3 -c 'import platform; print(platform.python_version())' 2>/dev/null || echo none)
  echo "didim: Python 3.10 to 3.13 is needed; python3 here is: $found." \
    "/ Python 3.10에서 3.13 사이의 버전이 필요합니다. 지금 python3: $found" >&2
  exit 1
}
