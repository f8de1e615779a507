# What the tests need beside Rust, and how it is brought. Sourced by tests/run.sh.
#
# Each line: a Debian package, and a command that holds when it is there.
#   chromium            forms and reports are opened in a real browser
#   chromium-driver     drives it
#   fonts-noto-cjk      Chinese text in screenshots and charts
#   python3             reads mail and recomputes a report with nothing of ours
#   python3-aiosmtpd    a mail server of another make
#   python3-jsonschema  validates SARIF against its schema
#   postgresql          customer lists that live in a database
#   openssl             certificates of a database that takes strangers over TLS alone
#   r-base-core         the same numbers by another program,
#   r-cran-survey       which is Lumley's package,
#   r-cran-mass         which calibrates with this one
#   build-essential     the C compiler that SQLite is built with

missing_packages() {
    list=""
    have_browser || list="$list chromium"
    command -v chromedriver >/dev/null 2>&1 || list="$list chromium-driver"
    have_chinese_font || list="$list fonts-noto-cjk"
    command -v python3 >/dev/null 2>&1 || list="$list python3"
    have_foreign_mail_server || list="$list python3-aiosmtpd"
    have_validator || list="$list python3-jsonschema"
    have_database || list="$list postgresql"
    command -v Rscript >/dev/null 2>&1 || list="$list r-base-core"
    have_r_package survey || list="$list r-cran-survey"
    have_r_package MASS || list="$list r-cran-mass"
    command -v openssl >/dev/null 2>&1 || list="$list openssl"
    command -v cc >/dev/null 2>&1 || list="$list build-essential"
    echo "${list# }"
}

have_browser() {
    [ -n "${CANVASS_BROWSER:-}" ] ||
        command -v chromium >/dev/null 2>&1 ||
        command -v chromium-browser >/dev/null 2>&1 ||
        command -v google-chrome >/dev/null 2>&1
}

have_chinese_font() {
    # Without fontconfig nobody can tell; the package brings a folder of its own.
    [ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ] || [ -d /usr/share/fonts/opentype/noto ]
}

have_foreign_mail_server() {
    # Debian's Python need not be the first on the path.
    /usr/bin/python3 -c "import aiosmtpd" 2>/dev/null || python3 -c "import aiosmtpd" 2>/dev/null
}

have_validator() {
    /usr/bin/python3 -c "import jsonschema" 2>/dev/null || python3 -c "import jsonschema" 2>/dev/null
}

have_database() {
    # Debian keeps the server's programs out of the path.
    for folder in /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && return 0
    done
    command -v initdb >/dev/null 2>&1 && command -v postgres >/dev/null 2>&1
}

have_r_package() {
    Rscript -e "quit(status = !requireNamespace('$1', quietly = TRUE))" >/dev/null 2>&1
}

install_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "tests: this system has no apt; please install what these Debian packages hold: $1" >&2
        exit 3
    fi
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "tests: please install as root: apt-get install $1" >&2
            exit 3
        fi
        as_root="sudo"
    fi
    echo "tests: installing $1" >&2
    {
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
        # shellcheck disable=SC2086  # a list of packages
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $1
    } </dev/null >&2 || {
        echo "tests: apt could not install: $1" >&2
        exit 3
    }
}
