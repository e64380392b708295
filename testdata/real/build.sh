#!/usr/bin/env bash
# Builds the real programs of `make test-real` from their Go modules into testdata/real/bin: etcd, kube-apiserver, Argo CD with
# the Helm and Kustomize that it renders by, and Gitea. Each is built once a version, and one after another at the lowest
# priority: with cold caches they take about twenty minutes of two cores. Names build only those: build.sh argocd gitea.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
bin=$PWD/bin
mkdir -p "$bin"

# build NAME PACKAGE [FLAGS…] builds what the go.mod in tools/NAME declares as its tool. The digest of go.mod, go.sum and
# the flags stands beside the program and says whether it is still the one asked for.
build() {
  local name=$1 package=$2 stamp
  shift 2
  stamp=$(cat "tools/$name/go.mod" "tools/$name/go.sum" <(echo "$package" "$@") <(go env GOVERSION) | sha256sum | cut -d ' ' -f 1)
  if [ -x "$bin/$name" ] && [ "$(cat "$bin/$name.stamp" 2>/dev/null)" = "$stamp" ]; then
    echo "$name: as built"
    return
  fi
  echo "$name: building, which takes minutes"
  SECONDS=0
  (cd "tools/$name" && GOFLAGS=-mod=readonly nice -n 19 go build -p "${BUILD_JOBS:-1}" -trimpath -o "$bin/$name.new" "$@" "$package")
  mv "$bin/$name.new" "$bin/$name"
  echo "$stamp" >"$bin/$name.stamp"
  echo "$name: built in $SECONDS s"
}

# root NAME MODULE notes where the module's own folder is: the stands take from it what is not in the program.
root() { (cd "tools/$1" && go list -m -f '{{.Dir}}' "$2") >"$bin/$1.root"; }

etcd() { CGO_ENABLED=0 build etcd go.etcd.io/etcd/server/v3 -ldflags '-s -w'; }
kubernetes() { # it says its version to clients that choose by it
  local v=k8s.io/component-base/version
  CGO_ENABLED=0 build kubernetes k8s.io/kubernetes/cmd/kube-apiserver -ldflags "-s -w -X $v.gitVersion=v1.37.2 -X $v.gitMajor=1 -X $v.gitMinor=37"
}
argocd() {
  CGO_ENABLED=0 build argocd github.com/argoproj/argo-cd/v3/cmd -ldflags '-s -w -X github.com/argoproj/argo-cd/v3/common.version=3.2.6'
  root argocd github.com/argoproj/argo-cd/v3 # its kinds
}
helm() { CGO_ENABLED=0 build helm helm.sh/helm/v3/cmd/helm -ldflags '-s -w -X helm.sh/helm/v3/internal/version.version=v3.18.6'; }
kustomize() { CGO_ENABLED=0 build kustomize sigs.k8s.io/kustomize/kustomize/v5 -ldflags '-s -w -X sigs.k8s.io/kustomize/api/provenance.version=v5.7.0'; }
gitea() { # its database is C
  CGO_ENABLED=1 build gitea code.gitea.io/gitea -tags 'sqlite sqlite_unlock_notify' -ldflags '-s -w -X main.Version=1.26.0'
  root gitea code.gitea.io/gitea # its templates and options
}

# Debian's packages: Argo CD keeps its sessions and caches in Redis and fetches with git, and Gitea runs git and compiles its
# database with a C compiler.
for program in redis-server git cc; do
  command -v "$program" >/dev/null && continue
  package=$program
  [ "$program" = cc ] && package=gcc
  echo "$package: installing"
  apt-get update -q >/dev/null
  apt-get install -yq --no-install-recommends "$package" >/dev/null
done

for name in "${@:-argocd etcd kubernetes helm kustomize gitea}"; do
  for one in $name; do "$one"; done
done
