// Package replay has a virtual handset print what another one printed.
//
// Its main type is a Recording, which Open reads from an evidence bundle or from a folder
// of loose print-outs, together with the persona of the handset that was recorded. It
// answers a command line with the print-outs that were taken of it, the first first and
// the last again and again, and refuses what was not recorded as a handset does that
// lacks the service. A recording may come from anybody: no file outside its folder is
// opened, and a packed one has a bound.
package replay
