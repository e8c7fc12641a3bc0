package persona_test

import (
	"fmt"

	"assay/harness/virtual/persona"
)

func ExampleCalled() {
	found, err := persona.Called("motorola-edge-50-neo")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range found {
		fmt.Printf("%s, Android %s, %t\n", p.Brand, p.Release, len(p.Packages) >= 60)
	}
	// Output: Motorola, Android 15, true
}

func ExampleLoad() {
	_, err := persona.Load("mine.yaml", []byte("brand: Maker\nidentity: {serail: X1}\n"))
	fmt.Println(err)
	// Output:
	// mine.yaml:2:12: unknown key "serail"; did you mean "serial"?
	//   identity: {serail: X1}
	//              ^
}
