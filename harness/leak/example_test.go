package leak_test

import (
	"fmt"

	"assay/harness/leak"
)

// The handset's own identifiers are found in every form that people hide them in; what is
// told of them is masked.
func ExampleScanner_Scan() {
	s := leak.NewScanner([]leak.Identifier{{Type: "imei", Value: "356938035643809"}}, []byte("salt of a run"))
	s.Scan([]byte("boot ok id=908346530839653 t=12"), func(m leak.Match) {
		fmt.Println(m.Kind, m.Certainty, m.Form, m.Masked)
	})
	// Output: imei certain reversed 35…09
}
