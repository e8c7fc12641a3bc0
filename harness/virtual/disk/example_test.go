package disk_test

import (
	"fmt"
	"time"

	"assay/harness/virtual/disk"
)

func Example() {
	at := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	files := disk.New(disk.Hooks{
		Now:     func() time.Time { return at },
		Denied:  func(name string) bool { return name == "/proc/kmsg" },
		Derived: func(name string) (func() []byte, bool) { return nil, false },
	})
	defer files.Close()
	fmt.Println(files.WriteFile("/sdcard/a.txt", []byte("hello\n")))
	fmt.Println(files.RealPath("/sdcard/a.txt"))
	fmt.Println(files.WriteFile("/system/build.prop", nil))
	_, err := files.ReadFile("/proc/kmsg")
	fmt.Println(err)
	// Output:
	// <nil>
	// /storage/emulated/0/a.txt <nil>
	// Read-only file system
	// Permission denied
}
