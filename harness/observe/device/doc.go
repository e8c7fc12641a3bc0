// Package device reads what a handset is: its properties ([Getprop], [BuildProp]), its
// settings ([Settings], [DeviceConfig], [DumpsysSensorPrivacy]), the certificates that it
// trusts ([CAStore]), its own identifiers ([Identifiers]), its accounts by number
// ([DumpsysAccount]), its battery ([DumpsysBattery]) and its screen ([UIHierarchy],
// [Screenshot]).
//
// Here, too, stands what says how the evidence came about: what the handset's shell offers
// ([Capabilities]), when a bug report was begun ([Dumpstate]), when androidqf acquired
// ([AndroidqfAcquisition]), and what the harness itself did ([Steps]).
package device
