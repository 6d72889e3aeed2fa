#!/usr/bin/env bash
# Runs a study through a real SLURM of one node, started for it and stopped after it, and holds its results against those of a local run:
#   ./tests/workflow/slurm.sh                                the whole quick study, twice: about twice the time that it takes
#   ./tests/workflow/slurm.sh stimuli.json stories.parquet   some files of its results only
#
# It needs the commands of Debian's packages slurm-wlm and munge (apt-get install slurm-wlm munge), and no rights: daemons run under the
# user that starts them, on free ports, and all that they write lies in a folder of its own. It is no part of the tests, which take
# minutes; run it when rules, resources or the profile of SLURM have changed.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly targets=("$@")
readonly configuration=workflow/config/quick.yaml
readonly local_results=results/quick slurm_results=results/quick_by_slurm
export PATH=$PATH:/usr/sbin:/sbin

die() {
    printf 'slurm.sh: %s\n' "$@" >&2
    exit 1
}

for command in munged slurmctld slurmd sbatch srun squeue; do
    command -v "$command" >/dev/null || die "$command not found" "Remedy: apt-get install slurm-wlm munge"
done

folder=$(mktemp -d)
chmod 711 "$folder"

# Ends a process and waits until it has ended: it still writes into the folder.
end() {
    local tenths
    kill "$1" 2>/dev/null || return 0
    for tenths in {1..300}; do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    printf 'slurm.sh: process %s does not end after %s tenths of a second\n' "$1" "$tenths" >&2
}

# Ends the daemons by the processes that they named, and whatever jobs are left with them.
stop() {
    local status=$? daemon
    scancel --quiet --user "$(id -un)" 2>/dev/null || true
    for daemon in slurmd slurmctld munged; do
        [[ ! -s $folder/$daemon.pid ]] || end "$(<"$folder/$daemon.pid")"
    done
    if ((status)); then
        printf 'slurm.sh: failed; what the daemons said is in %s\n' "$folder" >&2
    else
        rm -rf "$folder"
    fi
}
trap stop EXIT

free_ports() {
    ./scripts/env python -c 'import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(one.getsockname()[1] for one in sockets))'
}

start_munge() {
    head -c 1024 /dev/urandom >"$folder/munge.key"
    chmod 400 "$folder/munge.key"
    munged --force --key-file "$folder/munge.key" --socket "$folder/munge.socket" --pid-file "$folder/munged.pid" \
        --log-file "$folder/munged.log" --seed-file "$folder/munge.seed"
}

start_slurm() {
    local ports node memory
    read -ra ports < <(free_ports)
    node=$(hostname -s)
    memory=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
    mkdir "$folder/state" "$folder/spool"
    export SLURM_CONF=$folder/slurm.conf
    # A finished job stays listed for an hour: Snakemake asks the queue, since there is no accounting.
    cat >"$SLURM_CONF" <<CONF
ClusterName=one
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=sched_interval=2
MinJobAge=3600
ReturnToService=2
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$memory State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
CONF
    # Snakemake starts steps without the variables of SLURM, so that they would look for another SLURM.
    mkdir "$folder/bin"
    printf '#!/bin/sh\nSLURM_CONF=%s exec %s "$@"\n' "$SLURM_CONF" "$(command -v srun)" >"$folder/bin/srun"
    chmod +x "$folder/bin/srun"
    export PATH=$folder/bin:$PATH
    slurmctld
    slurmd -N "$node"
    local second
    for second in {1..30}; do
        [[ $(sinfo --noheader --format %T 2>/dev/null) == idle ]] && return
        sleep 1
    done
    die "the node did not become idle within $second seconds:" "$(sinfo 2>&1 || true)"
}

# Runs the study with folders of its own.
#   study RESULTS [ARGUMENT ...]
study() {
    local results=$1 settings=$folder/settings.yaml
    printf 'folders: {activations: %s, results: %s, figures: %s/figures, paper: %s/paper}\n' \
        "$results" "$results" "$results" "$results" >"$settings"
    ./scripts/env snakemake "${targets[@]/#/$results/}" --cores "$(nproc)" "${@:2}" --configfile "$configuration" "$settings"
}

start_munge
start_slurm
# What both runs read is fetched before either.
study "$local_results"
study "$slurm_results" --workflow-profile workflow/profiles/slurm --latency-wait 10 --seconds-between-status-checks 2 \
    --slurm-no-account --slurm-status-command squeue --slurm-init-seconds-before-status-checks 2
# What came of the whole study is kept in the repository.
record=()
[[ ${#targets[@]} -gt 0 ]] || record=(--record workflow/reference/slurm.json --by "$(slurmctld -V)")
./scripts/env python tests/workflow/compare_results.py "$local_results" "$slurm_results" "${targets[@]}" "${record[@]}"
