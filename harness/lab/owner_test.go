package lab

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/adb"
	"assay/harness/evidence"
)

// TestAdbsOwnersOfAFaultAreEvidences holds the words of the two to each other: neither
// package may see the other.
func TestAdbsOwnersOfAFaultAreEvidences(t *testing.T) {
	assert.Equal(t, evidence.OwnerHost, evidence.Owner(adb.OwnerHost))
	assert.Equal(t, evidence.OwnerServer, evidence.Owner(adb.OwnerServer))
	assert.Equal(t, evidence.OwnerHandset, evidence.Owner(adb.OwnerHandset))
}
