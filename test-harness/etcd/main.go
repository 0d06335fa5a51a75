// Command etcd is etcd's own server, in a module of its own so that its gRPC is not forced on the
// API server.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
