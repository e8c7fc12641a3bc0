//go:build !linux

package evidence

import "os"

// syncAhead is for systems that have a request for it.
func syncAhead(*os.File) bool { return false }
