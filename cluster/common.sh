# shellcheck shell=bash
# What the scripts of this folder share. They source it, and then stand in the root of the repository.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

command -v docker >/dev/null || fail 'there is no docker in PATH.'
docker info >/dev/null 2>&1 || fail 'no Docker engine answers; start it, or ask for the right to use it.'
if docker compose version >/dev/null 2>&1; then
  compose=(docker compose)
elif command -v docker-compose >/dev/null; then
  compose=(docker-compose)
else
  fail 'there is neither docker compose nor docker-compose.'
fi
# Without the plug-in for BuildKit only the classic builder works.
docker buildx version >/dev/null 2>&1 || export DOCKER_BUILDKIT=0

export COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-ldms-cluster}
export ROUTER_YAML=./cluster/router.yaml DECOMP_JSON=./cluster/ldms/decomp.json
export CLUSTER_DATA=${CLUSTER_DATA:-./cluster/data}
CLUSTER_USER=$(id -u):$(id -g)
export CLUSTER_USER
unset COMPOSE_FILE COMPOSE_PROFILES

# The container of a service, if it runs.
container() {
  docker ps -q --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" \
    --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False
}

# Scripts that come after cluster/up follow the cluster that runs.
if [ -z "${CLUSTER_SECURE:-}" ] && slurmctld=$(container slurmctld) && [ -n "$slurmctld" ] &&
  docker exec "$slurmctld" test -e /root/kafka/admin.properties; then
  CLUSTER_SECURE=1
fi
files=(-f compose.kafka.yaml -f cluster/compose.yaml)
case ${CLUSTER_SECURE:-0} in
  0)
    export CLUSTER_SECURE=0 CLUSTER_KAFKA=./cluster/kafka/plain
    ;;
  1)
    export CLUSTER_SECURE=1 CLUSTER_KAFKA=./cluster/kafka/secure
    files+=(-f cluster/compose.secure.yaml)
    ;;
  *) fail "CLUSTER_SECURE is $CLUSTER_SECURE; set it to 1, or to 0 for a Kafka without passwords." ;;
esac

cluster() { "${compose[@]}" "${files[@]}" "$@"; }

# Builds what compose would build in any order: the nodes contain the router's program. With ROUTER_IMAGE, the router of an
# image that is there.
build_images() {
  if [ -n "${ROUTER_IMAGE:-}" ] && docker image inspect "$ROUTER_IMAGE" >/dev/null 2>&1; then
    echo "the router is that of the image $ROUTER_IMAGE"
  else
    cluster build router
  fi
  cluster build slurmctld aggregator
}

# SERVICE COMMAND...: runs a command as root in the container of a service.
in_service() {
  local id
  id=$(container "$1")
  [ -n "$id" ] || return
  docker exec -i "$id" "${@:2}"
}

# SECONDS WHAT COMMAND...: waits until the command succeeds.
wait_for() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1 </dev/null; do
    [ $SECONDS -lt "$deadline" ] || fail "waited in vain: $what"
    sleep 0.5
  done
}

# The three steps of cluster-jobs can be run as soon as `make cluster` has begun.
slurmctld_answers() { in_service slurmctld sacctmgr -n list cluster && in_service slurmctld scontrol ping | grep -q 'is UP'; }
wait_for_slurmctld() {
  slurmctld_answers >/dev/null 2>&1 && return
  echo 'waiting for slurmctld'
  wait_for 300 'slurmctld answers (is the cluster up? make cluster)' slurmctld_answers
}

# OPTION...: runs the commands that `router acl` prints.
grant() {
  cluster run --rm --no-deps -T router acl "$@" --config /etc/ldms-router/router.yaml \
    --command-config /etc/kafka/admin.properties 2>/dev/null </dev/null | run_in_kafka
}
# Runs the commands of its input with Kafka's tools.
run_in_kafka() {
  # shellcheck disable=SC2016 # PATH is that of the container
  { echo 'set -e; PATH=$PATH:/opt/kafka/bin'; cat; } | in_service kafka sh >/dev/null
}
