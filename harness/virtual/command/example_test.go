package command_test

import (
	"context"
	"fmt"
	"os"

	"assay/harness/virtual/command"
	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

func ExampleCommands() {
	found, err := persona.Called("motorola-edge-50-neo")
	if err != nil {
		panic(err)
	}
	h := phone.New(found[0], 1, phone.Programs{Android: command.Commands()})
	defer h.Close()
	ctx := context.Background()
	h.Exec(ctx, "pm revoke specimen.camera android.permission.CAMERA; pm path specimen.camera", nil, os.Stdout, os.Stdout)
	fmt.Println("exit", h.Exec(ctx, "settings get global nothing", nil, os.Stdout, os.Stdout))
	// Output:
	// package:/system/priv-app/SpecimenCamera/SpecimenCamera.apk
	// null
	// exit 0
}
