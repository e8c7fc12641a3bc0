package virtual_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"

	"assay/harness/virtual"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
)

// A handset answers on loopback as behind an adb server.
func ExampleStart() {
	found, err := persona.Called("motorola-edge-50-neo")
	if err != nil {
		panic(err)
	}
	h := virtual.New(found[0], 1)
	defer h.Close()
	h.Inject(fault.Fault{Kind: fault.Unauthorized, Back: 1})
	addr, stop, err := virtual.Start(context.Background(), h)
	if err != nil {
		panic(err)
	}
	for range 2 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			panic(err)
		}
		fmt.Fprint(conn, "000chost:devices")
		answer, _ := io.ReadAll(bufio.NewReader(conn))
		fmt.Printf("%q\n", answer[8:])
		conn.Close()
	}
	fmt.Println(stop())
	// Output:
	// "VRTMOTO0001\tunauthorized\n"
	// "VRTMOTO0001\tdevice\n"
	// <nil>
}

// A handset runs a script as adbd does, and its clock stands still meanwhile.
func ExampleNew() {
	found, err := persona.Called("motorola-edge-50-neo")
	if err != nil {
		panic(err)
	}
	h := virtual.New(found[0], 1)
	defer h.Close()
	fmt.Println("exit", h.Exec(context.Background(), "getprop ro.build.version.release | sed s/^/Android\\ /", nil, os.Stdout, os.Stderr))
	// Output:
	// Android 15
	// exit 0
}
