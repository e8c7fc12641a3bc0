package strict_test

import (
	"fmt"

	"assay/harness/strict"
)

func ExampleDecode() {
	var farm struct {
		Server string `yaml:"server"`
	}
	fmt.Println(strict.Decode("devices.yaml", []byte("sever: 127.0.0.1:5037\n"), &farm))
	// Output:
	// devices.yaml:1:1: unknown key "sever"; did you mean "server"?
	//   sever: 127.0.0.1:5037
	//   ^
}
