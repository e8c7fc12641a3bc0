// Package android is the vocabulary of the handset: what Android calls things,
// with no I/O. Everything else in the harness speaks these words.
package android

import (
	"strconv"
	"strings"
)

// Serial names a handset to adb: ro.serialno for USB, host:port for TCP. It is
// not unique; makers ship batches that all answer 0123456789ABCDEF.
type Serial string

// Package is an application's name, such as com.android.camera2.
type Package string

// Permission is a permission's full name, such as android.permission.CAMERA.
type Permission string

// Handset identifies one phone on the shelf and the system image that it runs.
type Handset struct {
	Serial       Serial `json:"serial"`
	Brand        string `json:"brand"`        // as devices.yaml writes it, else ro.product.brand
	Manufacturer string `json:"manufacturer"` // ro.product.manufacturer
	Model        string `json:"model"`        // ro.product.model
	Device       string `json:"device"`       // ro.product.device, the codename
	Build        Build  `json:"build"`
	// Notice is what the handset says under PropNotice, as its evidence has it; who
	// drives a handset neither knows nor asks.
	Notice string `json:"notice,omitempty"`
}

// Build is the system image, by the properties that name it.
type Build struct {
	Fingerprint   string `json:"fingerprint"`    // ro.build.fingerprint
	SDK           int    `json:"sdk"`            // ro.build.version.sdk; 0 where it could not be read
	Release       string `json:"release"`        // ro.build.version.release
	SecurityPatch string `json:"security_patch"` // ro.build.version.security_patch, from Android 6
}

// ID is what tells builds apart: the fingerprint; where there is none, release,
// SDK and patch level, as far as they are known; "" where nothing is.
func (b Build) ID() string {
	if b.Fingerprint != "" {
		return b.Fingerprint
	}
	var parts []string
	for _, part := range []struct{ name, value string }{{"release ", b.Release}, {"SDK ", number(b.SDK)}, {"patch level ", b.SecurityPatch}} {
		if part.value != "" {
			parts = append(parts, part.name+part.value)
		}
	}
	return strings.Join(parts, ", ")
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// Names of the properties that several rooms read.
const (
	PropBrand         = "ro.product.brand"
	PropManufacturer  = "ro.product.manufacturer"
	PropModel         = "ro.product.model"
	PropDevice        = "ro.product.device"
	PropFingerprint   = "ro.build.fingerprint"
	PropSDK           = "ro.build.version.sdk"
	PropRelease       = "ro.build.version.release"
	PropSecurityPatch = "ro.build.version.security_patch"
	PropBootCompleted = "sys.boot_completed"
	PropSerial        = "ro.serialno" // not adb's: one on the network has its own here too

	// PropNotice holds what a handset wants every reader of a report to know of
	// it: the kind of handset, a colon, and a sentence. A shop handset has none.
	// Reports add the kind to the model's name and the sentence to the title.
	PropNotice = "ro.assay.notice"
)
