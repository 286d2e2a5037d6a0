# Sourced by `grade` and `run-tests`: finds or makes the private Python environment. POSIX sh; nothing is
# started on the warm path but `cksum`. The work of making one is in environment.py.

# Print the command of a Python >= 3.11. What is on PATH may be a shim that only fails: so each is run.
find_python() {
    for candidate in python3 python3.15 python3.14 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$candidate"
            return 0
        fi
    done
    found=$(python3 --version 2>/dev/null) || found="no Python at all"
    printf '%s\n' >&2 "grade: needs Python 3.11 or newer; found on this machine: ${found:-a python3 that does not run}." \
        "  Debian, Ubuntu: sudo apt install python3 python3-venv     Fedora: sudo dnf install python3" \
        "  macOS: brew install python     anything else: https://www.python.org/downloads/"
    return 2
}

# environment ROOT NAME LOCK: set $python to the interpreter of the environment NAME, which holds what LOCK lists.
environment() {
    # the name says what is inside, and the folder appears only when it is complete: if it is there, it is right
    sum=$(cksum <"$1/$3") || return 2
    environment="$1/.grade/$2-${sum% *}-${sum#* }"
    python="$environment/bin/python"
    [ -x "$python" ] && return 0
    base=$(find_python) || return 2
    "$base" -I "$1/grader/environment.py" "$1/$3" "$environment"
}
