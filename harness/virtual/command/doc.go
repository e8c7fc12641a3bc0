// Package command holds Android's own commands on a virtual handset: am, pm, appops,
// input, logcat, settings and their like, one command a file.
//
// Commands lists them by name. Each is a phone.Command: it is called with a phone.Call,
// which has the words and streams of the call and the handset that it reads or changes,
// and answers in the words of the handset's release. What any Unix has is package
// toolbox's, and what dumpsys prints package dumpsys's.
package command
