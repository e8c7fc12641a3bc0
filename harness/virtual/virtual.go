// Package virtual is a farm of virtual handsets: they answer from state, print
// each Android release's own formats, misbehave on request, and replay recorded
// print-outs. One shell engine stands behind two faces: an adb server on
// loopback, and the device side of the protocol, which a real adb server accepts.
//
// A maker's packages stand in a handset's inventory with the facts that the
// maker's firmware gives, and start quietly. What behaves are specimen apps of
// our own; their behaviour is invented and says nothing about any maker.
package virtual
