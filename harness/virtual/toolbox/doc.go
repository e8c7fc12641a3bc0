// Package toolbox holds the programs of a virtual handset that any Unix has and that
// Android takes from toybox: cat, grep, ls, sed, sort and their like, each as a
// sh.Command.
//
// Commands lists them by name. Each does what scripts ask of it, in toybox's words; none
// reads more than it must into memory. They touch the machine that they run on through
// its files and clock alone: what tells of a handset's state, as ps and mount do, is
// package command's.
package toolbox
