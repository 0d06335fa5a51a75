# Read by ./ratematch of a checkout and by bin/ratematch of an archive: how the jar is started.

access=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
# Answers that take less than a second are there before the optimising compiler and a second
# collector's thread have paid off.
short=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC)
long=(-XX:+UseParallelGC -XX:MaxRAMPercentage=60)

only_asks() { # whether the words ask for nothing but help or the version
  local word
  for word in "$@"; do
    case "$word" in --help | -h | --version | -V) return 0 ;; esac
  done
  return 1
}

learn() { # JAVA JAR: what a start loads, learnt once, so that later ones need not load it again
  "$1" -XX:AOTCacheOutput="${2%.jar}.aot" "${short[@]}" "${access[@]}" -jar "$2" \
    plan --model llama-3.1-70b --gpu b200 --gpus 32 --isl 8192 --osl 1024 --ttft 2s --itl 20ms
}

launch() { # JAVA JAR WORDS...
  local java=$1 jar=$2
  shift 2
  local how=("${long[@]}")
  if only_asks "$@"; then how=("${short[@]}"); fi
  case "${1:-}" in plan | predict) how=("${short[@]}") ;; esac
  # A cache of another JDK or jar is passed over without a word.
  if [ -f "${jar%.jar}.aot" ]; then how+=(-XX:AOTCache="${jar%.jar}.aot" -Xlog:aot=off -Xlog:cds=off); fi
  exec "$java" "${how[@]}" "${access[@]}" -jar "$jar" "$@"
}
