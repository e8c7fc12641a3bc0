package toolbox_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"assay/harness/virtual/sh"
	"assay/harness/virtual/toolbox"
)

func ExampleCommands() {
	sort := toolbox.Commands()["sort"]
	p := &sh.Process{Argv: []string{"sort", "-u"}, Stdin: strings.NewReader("b\na\nb\n"), Stdout: os.Stdout, Stderr: os.Stderr, Dir: "/"}
	fmt.Println("exit", sort(context.Background(), p))
	// Output:
	// a
	// b
	// exit 0
}
