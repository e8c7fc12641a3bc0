// Command assay drives a farm of Android handsets through scripted scenarios,
// keeps what they print as evidence, and tabulates the privacy behaviour of
// their preinstalled apps per model.
package main

import (
	"os"
)

func main() {
	os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
