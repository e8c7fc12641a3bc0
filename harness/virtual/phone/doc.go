// Package phone is a virtual handset: its state, and what changes it.
//
// Its main type is Handset. New switches one on from a persona and a seed; the same
// persona, seed and commands give the same bytes, always. Exec runs a script on it as
// adbd does, Sleep lets its time pass, Inject has something go wrong.
//
// What a handset is stands in State, one thing a file with its reads and its changes: a
// Package and what its users have of it (package.go, and install.go for how it came
// there), a Permission and a Grant (permission.go), a Use of an op (op.go) and the Accesses
// that services remember (history.go), a Process (process.go) and a Service (service.go),
// the Screen with its Tasks and Dialogs (screen.go, dialog.go), connections and traffic
// (net.go), the Log (log.go), and the Agenda of what will happen (behaviour.go). Who reads
// takes RLock, who changes takes Lock; each gives the function that lets go.
//
// What Android prints of the state and does on command is not here: packages dumpsys and
// command are functions over a Handset, and are given to it as Programs. Nor is how adb
// reaches it: that is package face's.
package phone
