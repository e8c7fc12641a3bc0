package phone_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

func Example() {
	found, err := persona.Called("motorola-edge-50-neo")
	if err != nil {
		panic(err)
	}
	greet := func(_ context.Context, c *phone.Call) int {
		return c.Print(fmt.Sprintf("SDK %d, screen on: %t\n", c.Handset.SDK(), c.Handset.State.Screen.Awake))
	}
	h := phone.New(found[0], 1, phone.Programs{Android: map[string]phone.Command{"greet": greet}})
	defer h.Close()
	fmt.Println("exit", h.Exec(context.Background(), "greet", nil, os.Stdout, os.Stderr))
	before := h.Now()
	_ = h.Sleep(context.Background(), 8*time.Hour) // at once
	fmt.Println(h.Now().Sub(before))
	// Output:
	// SDK 35, screen on: true
	// exit 0
	// 8h0m0s
}
