package android

import (
	"regexp"
	"strings"
)

// exceptionWords are those of security exceptions, and of a lacking permission:
// ContextImpl.enforce, ActivityManagerService.checkComponentPermission,
// InputManagerService, SettingsProvider.enforceWritePermission, DumpUtils (frameworks/base,
// Android 5 to 16); and of a user whose debugging is restricted, UserController.
var exceptionWords = regexp.MustCompile(`SecurityException|Security exception|Permission [Dd]enial|Operation not allowed`)

// SecurityException gives the place of the first words of a security exception in what
// a command said; -1: there are none.
func SecurityException(said string) int {
	if at := exceptionWords.FindStringIndex(said); at != nil {
		return at[0]
	}
	return -1
}

// exceptionKinds are the words before the message of an exception, as the tools print
// it: am, pm and cmd (Android 5 to 16).
var exceptionKinds = []string{"Error: ", "Security exception: ", "java.lang.SecurityException: "}

// ExceptionMessage gives the message of an exception, of the line that tells it.
func ExceptionMessage(line string) string {
	line = strings.TrimSpace(line)
	for _, kind := range exceptionKinds {
		line = strings.TrimPrefix(line, kind)
	}
	return line
}

// ExceptionInPlace says whether a print-out begins as an exception does, which some
// handsets print where the answer should be, with exit status 0 (MIUI's settings,
// dumpsys): what stands further on may be any app's words.
func ExceptionInPlace(out string) bool {
	out = strings.TrimSpace(out)
	for _, begins := range []string{
		"Security exception: ", "java.lang.SecurityException", "Error: java.lang.SecurityException",
		"Permission Denial: ", "Permission denial: ", "Operation not allowed: ",
		"Exception occurred while executing", "Exception occurred while dumping",
	} {
		if strings.HasPrefix(out, begins) {
			return true
		}
	}
	return false
}
