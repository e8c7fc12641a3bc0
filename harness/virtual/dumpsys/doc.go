// Package dumpsys prints what a virtual handset's services dump, in each Android
// release's own format.
//
// Command is the program dumpsys; Services lists the services of a release. Each service
// is a function over a phone.Handset, one service a file, that reads and changes nothing:
// its row stands in dumpers (dumpsys.go) with the releases that have it. Where in AOSP a
// format is printed, the function's comment says.
package dumpsys
