// Package fault is what goes wrong with a virtual handset, its hub or its adb server.
//
// A Fault says what goes wrong and when; Parse reads one as the command line writes it,
// All lists every kind with what it heeds, and Chaos makes a Script of faults from a
// seed, the same each time. A handset has its faults in a Box, which counts the services
// that are opened on it and begins, moves and ends each fault at its time.
//
// What a fault touches decides how it works. Of a service's stream and of a command's
// output the box puts itself in between (Open, Around, AroundScript). Of the device list
// it tells the state that is shown (Box.State). What changes the handset itself it hands
// to the handset: this package imports no state, and knows a handset as a State that it
// can Change, Boot and have Booted.
package fault
