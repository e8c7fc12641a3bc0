package android

import (
	"fmt"
	"strconv"
	"strings"
)

// UID is a Linux user id as Android deals them out: user*100000 + appId.
type UID int

// Bounds of the ranges in frameworks/base core/java/android/os/{UserHandle,Process}.java.
const (
	perUser          = 100000
	firstApplication = 10000
	lastApplication  = 19999
	firstIsolated    = 99000
	firstAppZygote   = 90000
	FirstApplication = UID(firstApplication) // the first appId dealt to an installed package

	Root   UID = 0    // the kernel's superuser
	System UID = 1000 // system_server, and what shares its UID
	Shell  UID = 2000 // adb's shell
)

// NoUID stands where a print-out gives none.
const NoUID UID = -1

// User is the Android user (0 is the owner) that the UID runs as.
func (u UID) User() int { return int(u) / perUser }

// AppID is the UID without its user: what a package has in common across users.
func (u UID) AppID() UID { return u % perUser }

// IsApplication says whether the UID belongs to an installed package rather
// than to a part of the system.
func (u UID) IsApplication() bool {
	id := u.AppID()
	return id >= firstApplication && id <= lastApplication
}

// String prints the UID as Android's own dumps do (UserHandle.formatUid):
// 1000, u0a123, u11s1000, u0i5, u0ai9000.
func (u UID) String() string {
	id := int(u.AppID())
	switch {
	case u < 0:
		return "?"
	case u < firstApplication:
		return strconv.Itoa(int(u))
	case id >= firstIsolated:
		return fmt.Sprintf("u%di%d", u.User(), id-firstIsolated)
	case id >= firstAppZygote:
		return fmt.Sprintf("u%dai%d", u.User(), id-firstAppZygote)
	case id >= firstApplication:
		return fmt.Sprintf("u%da%d", u.User(), id-firstApplication)
	}
	return fmt.Sprintf("u%ds%d", u.User(), id)
}

// ParseUID reads a UID in any form that a dump prints: a number, u0a24,
// u0_a24 (ps), u11s1000, u0i1, u0ai9000. A form that it does not know is an error.
func ParseUID(s string) (UID, error) {
	rest, ok := strings.CutPrefix(s, "u")
	if !ok {
		if n, err := strconv.Atoi(s); err == nil && n >= 0 {
			return UID(n), nil
		}
		return NoUID, fmt.Errorf("unknown form of UID %q", s)
	}
	cut := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if cut <= 0 {
		return NoUID, fmt.Errorf("unknown form of UID %q", s)
	}
	user, err := strconv.Atoi(rest[:cut])
	if err != nil {
		return NoUID, fmt.Errorf("unknown form of UID %q: %w", s, err)
	}
	kind := strings.TrimLeft(rest[cut:], "_")
	for _, form := range []struct {
		prefix string
		base   int
	}{{"ai", firstAppZygote}, {"a", firstApplication}, {"i", firstIsolated}, {"s", 0}} {
		digits, ok := strings.CutPrefix(kind, form.prefix)
		if !ok {
			continue
		}
		if n, err := strconv.Atoi(digits); err == nil && n >= 0 && n < perUser && user < 20000 {
			return UID(user*perUser + form.base + n), nil
		}
	}
	return NoUID, fmt.Errorf("unknown form of UID %q", s)
}
