// Package scenarios holds the scenarios and suites that come with assay: one
// YAML file each, embedded in the binary.
package scenarios

import "embed"

// Files has each scenario as NAME.yaml, and each suite as suites/NAME.yaml.
//
//go:embed *.yaml suites/*.yaml
var Files embed.FS
