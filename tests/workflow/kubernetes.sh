#!/usr/bin/env bash
# Plans the gpu tier with the profile of Kubernetes, without a cluster and without a bucket: a folder takes the place of the bucket.
#   ./tests/workflow/kubernetes.sh
#
# What it shows: the profile is read by the plugins that it names, every input of every rule is found in the storage, and every job can be
# planned. What it cannot show is a pod. It fetches the plugins into a folder of its own, 170 MB, and is no part of the tests for that.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Beside the locked environment, whose own versions stay what they are.
./scripts/env pip install --quiet --target "$folder/plugins" --no-deps -r workflow/envs/requirements-kubernetes.txt \
    snakemake-storage-plugin-fs sysrsync botocore s3transfer jmespath websocket-client requests-oauthlib oauthlib durationpy \
    google-auth pyasn1 pyasn1-modules
mkdir "$folder/bucket"
git ls-files | tar --create --files-from - | tar --extract --directory "$folder/bucket"
./scripts/env env PYTHONPATH="$folder/plugins" snakemake --dry-run --quiet --workflow-profile workflow/profiles/kubernetes \
    --default-storage-provider fs --default-storage-prefix "$folder/bucket" --configfile workflow/config/gpu.yaml >"$folder/plan"
grep --quiet '^capture_stories' "$folder/plan" || { cat "$folder/plan"; exit 1; }
printf 'kubernetes.sh: %s jobs planned\n' "$(awk '$1 == "total" { print $2 }' "$folder/plan")"
