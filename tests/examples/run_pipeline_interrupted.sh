# A run that gets SIGINT while it sweeps keeps what is finished, and goes on from there.
#   sh run_pipeline_interrupted.sh <program> <folder>
set -eu
program=$1
folder=$2
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"

fail() {
  echo "$1" >&2
  cat errors.txt >&2
  exit 1
}

# Long enough to be interrupted after the first candidate.
cat > study.yaml <<END
train_subset: 300
val_subset: 300
epochs: 1
pruning_levels: [0, 0.1, 0.2, 0.3, 0.4, 0.5]
benchmark_repeats: 3
benchmark_warmup: 1
benchmark_runs: 20
output_dir: out
END

"$program" --config study.yaml > tables.txt 2> errors.txt &
process=$!
while [ ! -e out/.checkpoint ]; do
  kill -0 $process 2> /dev/null || fail "the run ended before its first result"
  sleep 0.02
done

status=0
"$program" --config study.yaml 2> second.txt || status=$?
[ $status -eq 1 ] || fail "a second writer ended with $status"
grep -q "out: another run is writing there" second.txt || fail "the second writer was not refused"

kill -INT $process
status=0
wait $process || status=$?
[ $status -eq 130 ] || fail "the interrupted run ended with $status"
grep -Eq "^run_pipeline: interrupted after [0-9]+ of 18 candidates, which are kept in out; the same command with --resume goes on from there$" errors.txt \
  || fail "the interrupted run says something else"
[ "$(ls -A out)" = ".checkpoint" ] || fail "there is more than the checkpoint: $(ls -A out)"

cp out/.checkpoint whole
head -c 1000 whole > out/.checkpoint
status=0
"$program" --config study.yaml --resume 2> errors.txt || status=$?
[ $status -eq 1 ] || fail "a damaged checkpoint ended with $status"
grep -q "found a damaged checkpoint" errors.txt || fail "the damaged checkpoint was not refused"
cp whole out/.checkpoint

"$program" --config study.yaml --resume > tables.txt 2> errors.txt || fail "it did not go on"
[ "$(wc -l < out/sweep_results.csv)" -eq 19 ] || fail "not every candidate is there"
[ -e out/manifest.json ] || fail "there is no manifest"
[ ! -e out/.checkpoint ] || fail "the checkpoint was left behind"
