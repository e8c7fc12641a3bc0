// Package persona says who a virtual handset is: its identity and properties, the
// packages of its image with the permissions they request and hold, and the specimen
// apps that are put on it.
//
// A Persona is a YAML file in personas/. Its facts about a maker's packages come from
// that maker's published firmware; what no source gives is listed as assumed. What
// behaves are specimen apps of our own (App, specimens/): scripts of Actions that log,
// use an op, ask for a permission, connect. They are invented and say nothing about any
// maker's app. Load reads one persona and tells at once, each at its line, all that
// cannot be.
//
// The tables that a release of Android fixes stand here too: Protection of a
// permission, the Flags of a grant, the app-ops (Ops) with what decides for each.
//
// A persona changes nothing and is not changed: the state of a running handset is
// package phone's.
package persona
