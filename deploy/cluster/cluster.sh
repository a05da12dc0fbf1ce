#!/bin/sh
# What deploy/README.md does by hand, in one word each. kubectl decides which cluster (KUBECONFIG, current context).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
ca=${HOOKBENCH_CA:-$HOME/.config/hookbench/ca}
tls=${HOOKBENCH_TLS:-$HOME/.config/hookbench/cluster}
address=hookbench-controller.hookbench.svc

usage() {
  cat <<'TEXT'
usage: npm run cluster -- COMMAND

  up [OVERLAY]        certificates for the nodes there are, then deploy/overlays/OVERLAY (pod, nodes, kind, eks; default pod), until it is ready
  certs [NODE...]     certificates again, for nodes that joined (default: all the cluster has); --print writes the Secrets and changes nothing
  services            for nodes:service: a Service for each SUT pod; again when SUT pods were replaced or nodes joined (`up nodes` does it)
  run [OPTION...]     a study with these options of `hookbench run` (default: --conditions pod), followed until it ends
  report [STUDY] [DIR]   the newest study, or that one, into DIR (default results)
  down                everything away, results too

The CA stays on this machine: $HOOKBENCH_CA (default ~/.config/hookbench/ca). The certificate for `run`: $HOOKBENCH_TLS/cli.
TEXT
}

fail() {
  printf 'cluster: %s\n  next: %s\n' "$1" "$2" >&2
  exit "${3:-1}"
}

k() { kubectl --namespace hookbench "$@"; }
hookbench() { node "$root/controller/cli/hookbench.js" "$@"; }

need_cluster() {
  need_kubectl
  said=$(kubectl version --request-timeout=10s 2>&1) ||
    fail "no cluster answers: $(printf '%s' "$said" | tail -n 1)" 'check KUBECONFIG and kubectl config current-context' 3
}

need_kubectl() {
  command -v kubectl >/dev/null || fail 'kubectl is not on the PATH' 'install it (Debian 12: kubernetes-client)' 3
}

issued() { # ROLE NAME FOLDER [WORDS...]: made once, a new one where it is about to expire
  role=$1 name=$2 dir=$3
  shift 3
  if [ -e "$dir/tls.key" ]; then
    openssl x509 -checkend 604800 -noout -in "$dir/tls.crt" >/dev/null || hookbench certs rotate "$dir" --ca "$ca" >&2
  elif [ -n "$name" ]; then
    hookbench certs issue "$role" "$name" --ca "$ca" --out "$dir" "$@" >&2
  else
    hookbench certs issue "$role" --ca "$ca" --out "$dir" "$@" >&2
  fi
}

# prints the three Secrets; keys never leave this machine but through it
secrets() { # NODE...
  umask 077
  mkdir -p "$tls"
  [ -e "$ca/ca.key" ] || hookbench certs init --ca "$ca" >&2
  issued controller '' "$tls/controller" --host "$address,hookbench-controller,localhost,127.0.0.1"
  issued cli cluster "$tls/cli"
  files="--from-file=ca.crt=$tls/controller/ca.crt"
  for node in "$@"; do
    issued agent "$node" "$tls/agent-$node"
    files="$files --from-file=$node.crt=$tls/agent-$node/tls.crt --from-file=$node.key=$tls/agent-$node/tls.key"
  done
  for role in controller cli; do
    k create secret generic "hookbench-$role-tls" --dry-run=client --output yaml \
      --from-file="$tls/$role/tls.crt" --from-file="$tls/$role/tls.key" --from-file="$tls/$role/ca.crt"
    echo ---
  done
  # $files is several words; a node's name has no blanks
  k create secret generic hookbench-agents-tls --dry-run=client --output yaml $files
}

nodes() { kubectl get nodes --output 'jsonpath={.items[*].metadata.name}'; }

certs() {
  print=no
  if [ "${1:-}" = --print ]; then
    print=yes
    shift
  fi
  if [ $# -eq 0 ]; then
    need_cluster
    # names of nodes have no blanks
    set -- $(nodes)
  fi
  need_kubectl
  made=$(secrets "$@")
  if [ "$print" = yes ]; then
    printf '%s\n' "$made"
    return
  fi
  need_cluster
  kubectl apply -f "$root/deploy/base/namespace.yaml"
  printf '%s\n' "$made" | kubectl apply -f -
}

up() {
  overlay=${1:-pod}
  [ -e "$root/deploy/overlays/$overlay/kustomization.yaml" ] ||
    fail "there is no overlay $overlay" "one of: $(ls "$root/deploy/overlays" | tr '\n' ' ')" 2
  need_cluster
  certs
  kubectl apply -k "$root/deploy/overlays/$overlay"
  for what in deployment/hookbench-controller $(k get daemonset --output name); do
    k rollout status "$what" --timeout=300s ||
      fail "$what is not ready after 5 minutes" "kubectl -n hookbench describe pods; kubectl -n hookbench logs $what --all-containers"
  done
  [ "$overlay" != nodes ] || services
}

# One for each SUT pod, which is its only endpoint: a pod that takes its place has no label, and nobody is led to another node's.
services() {
  need_cluster
  pods='{range .items[*]}{.metadata.name} {.spec.nodeName}{"\n"}{end}'
  k get pods --selector app=hookbench-sut,network=pod --field-selector status.phase=Running --output "jsonpath=$pods" |
    while read -r pod node; do
      name=hookbench-sut-$(printf '%s' "$node" | tr . -)
      k label --overwrite pod "$pod" "hookbench-service=$name"
      service "$name" | k apply -f -
    done
}

service() { # NAME
  printf 'apiVersion: v1\nkind: Service\nmetadata: { name: %s, namespace: hookbench, labels: { app: hookbench-sut } }\n' "$1"
  printf 'spec:\n  selector: { app: hookbench-sut, hookbench-service: %s }\n  ports:\n' "$1"
  for port in $(seq 7500 7531); do printf '    - { name: sut-%s, port: %s }\n' "$port" "$port"; done
}

run() {
  need_cluster
  [ -e "$tls/cli/tls.key" ] || fail "there is no certificate in $tls/cli" 'npm run cluster -- up' 2
  said=$(mktemp)
  # not by way of k: $! would be a shell, and kubectl would outlive it
  kubectl --namespace hookbench port-forward service/hookbench-controller :7461 >"$said" 2>&1 &
  forward=$!
  trap 'kill $forward 2>/dev/null; rm -f "$said"' EXIT
  port=
  for _ in $(seq 100); do
    port=$(sed -n 's/^Forwarding from 127\.0\.0\.1:\([0-9]*\) .*/\1/p' "$said")
    [ -z "$port" ] || break
    kill -0 $forward 2>/dev/null || fail "the controller is not reached: $(tail -n 1 "$said")" 'npm run cluster -- up'
    sleep 0.1
  done
  [ -n "$port" ] || fail 'the controller is not reached after 10 s' 'kubectl -n hookbench get pods'
  [ $# -gt 0 ] || set -- --conditions pod
  hookbench run --controller "localhost:$port" --tls-dir "$tls/cli" "$@"
}

report() {
  study=${1:-} dir=${2:-results}
  need_cluster
  in_controller="k exec deployment/hookbench-controller --container controller --"
  [ -n "$study" ] || study=$($in_controller ls -1 /results | grep -E '^[0-9]{8}-[0-9]{6}-[0-9a-f]+$' | tail -n 1)
  [ -n "$study" ] || fail 'the controller has no study yet' 'npm run cluster -- run'
  mkdir -p "$dir"
  $in_controller tar -C /results -cf - "$study" | tar -C "$dir" -xf -
  printf 'report   %s\n' "$dir/$study/report.html"
}

down() {
  need_cluster
  # pods first: a namespace with one in it is looked at again only after half of the longest grace period
  k delete daemonset,deployment,job,pod --all --ignore-not-found --timeout=180s
  kubectl delete namespace hookbench --ignore-not-found --timeout=180s
  kubectl delete priorityclass hookbench --ignore-not-found
}

case ${1:-} in
  up | certs | services | run | report | down)
    command=$1
    shift
    "$command" "$@"
    ;;
  '' | help | --help | -h) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
