package replay_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"assay/harness/virtual/replay"
	"assay/harness/virtual/sh"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "recording")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	_ = os.WriteFile(filepath.Join(dir, "dumpsys_battery.txt"), []byte("Current Battery Service state:\n  level: 80\n"), 0o600)

	r, p, err := replay.Open(dir, func(name string) bool { return name == "dumpsys" })
	if err != nil {
		panic(err)
	}
	fmt.Println(p.SDK)
	for _, argv := range [][]string{{"dumpsys", "battery"}, {"dumpsys", "role"}} {
		answer, _ := r.Command(argv)
		answer(context.Background(), &sh.Process{Argv: argv, Stdout: os.Stdout, Stderr: os.Stdout, Dir: "/"})
	}
	// Output:
	// 30
	// Current Battery Service state:
	//   level: 80
	// Can't find service: role
}
