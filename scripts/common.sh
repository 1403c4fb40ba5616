# Shared by the scripts of this folder: where we are, progress lines, advice. Sourced, not run.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

# The tools that scripts/setup installs come first.
export PATH="$ROOT/.venv/bin:$PATH"
export SAM_CLI_TELEMETRY=0
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$ROOT/target}

say() {
  printf '==> %s\n' "$*"
}

# Ends with advice: what is wrong, then what to do about it.
stop() {
  printf '==> stopped: %s\n' "$1" >&2
  shift
  if [ $# -gt 0 ]; then
    printf '    %s\n' "$@" >&2
  fi
  exit 1
}

# need COMMAND ADVICE…
need() {
  local command=$1
  shift
  command -v "$command" >/dev/null || stop "\`$command\` is not installed" "$@"
}

need_cargo() {
  need cargo "install Rust with rustup: https://rustup.rs"
}

# build_dev TARGETS…: an unoptimised build. Always of the whole workspace and with one test of it, since cargo compiles the AWS SDK again for
# each selection of packages, and for what only tests depend on, that asks for other features of it.
build_dev() {
  cargo build --quiet --workspace --test rooms "$@"
}

# run_host PROFILE ARGUMENTS…: builds the local host, and becomes it.
run_host() {
  local profile=$1
  shift
  case $profile in
    dev)
      build_dev --bin local
      exec "$CARGO_TARGET_DIR/debug/local" "$@"
      ;;
    *)
      cargo build --profile "$profile" -p local
      exec "$CARGO_TARGET_DIR/$profile/local" "$@"
      ;;
  esac
}

PARTS=()
FAILED=()

# part NAME COMMAND…: runs a part, and notes how long it took and whether it failed.
part() {
  local name=$1 start=$SECONDS verdict=passed status
  shift
  say "$name: $*"
  # In a condition, `set -e` would not hold inside of the command.
  set +e
  (set -e; "$@")
  status=$?
  set -e
  if [ "$status" != 0 ]; then
    verdict=failed
    FAILED+=("$name")
  fi
  PARTS+=("$(printf '%-28s %-8s %4d s' "$name" "$verdict" $((SECONDS - start)))")
}

# skip NAME REASON: notes a part that was left out.
skip() {
  say "$1: skipped, $2"
  PARTS+=("$(printf '%-28s %-8s' "$1" skipped)")
}

# Prints the table of parts, and fails if one of them did.
report() {
  say "summary"
  printf '    %s\n' "${PARTS[@]}"
  if [ ${#FAILED[@]} -gt 0 ]; then
    stop "failed: ${FAILED[*]}"
  fi
}
