// Package log reads the handset's log.
//
// [Logcat] gives each entry as a fact.LogLine, in whatever form the log was printed: by
// logcat in any of its formats, in binary, in a bug report, or as Android Studio saves it.
// Some events it also gives as facts of their own: a process that was started, a service, a
// call of a content provider.
//
// [LogcatStatistics] and [LogcatBinary] are read to know whether the log is whole: how many
// entries logd counted, and which of them logcat prints no line for.
package log
