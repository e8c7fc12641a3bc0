package wire_test

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"

	"assay/harness/virtual/wire"
)

func ExampleReadRequest() {
	fmt.Println(wire.ReadRequest(bufio.NewReader(strings.NewReader("000chost:version"))))
	// Output: host:version <nil>
}

func ExampleReadMessage() {
	open := wire.Message{Command: wire.OPEN, Arg0: 1, Data: []byte("shell:id\x00")}
	sent := append(open.Head(true), open.Data...)
	m, err := wire.ReadMessage(bytes.NewReader(sent), wire.LargestPayload, true)
	fmt.Printf("%x %q %v\n", m.Command, m.Data, err)
	// Output: 4e45504f "shell:id\x00" <nil>
}
