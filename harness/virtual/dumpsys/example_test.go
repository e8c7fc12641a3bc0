package dumpsys_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"assay/harness/virtual/dumpsys"
	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

func ExampleCommand() {
	found, err := persona.Called("motorola-edge-50-neo")
	if err != nil {
		panic(err)
	}
	h := phone.New(found[0], 1, phone.Programs{Android: map[string]phone.Command{"dumpsys": dumpsys.Command}})
	defer h.Close()
	fmt.Println("exit", h.Exec(context.Background(), "dumpsys sensor_privacy; dumpsys nosuch", nil, os.Stdout, os.Stdout))
	// Output:
	// SENSOR PRIVACY MANAGER STATE (dumpsys sensor_privacy)
	// {
	//   storage_implementation=com.android.server.sensorprivacy.SensorPrivacyStateControllerImpl
	// }
	// Can't find service: nosuch
	// exit 0
}

func ExampleServices() {
	found, err := persona.Called("motorola-edge-50-neo")
	if err != nil {
		panic(err)
	}
	h := phone.New(found[0], 1, phone.Programs{})
	defer h.Close()
	services := dumpsys.Services(h)
	fmt.Println(slices.Contains(services, "sensor_privacy"), slices.IsSortedFunc(services, strings.Compare))
	// Output: true true
}
