package evidence

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOnlyAKernelThatTellsOfErrorsIsBelieved(t *testing.T) {
	for release, want := range map[string]bool{
		"6.1.0-18-amd64": true, "5.8.0": true, "5.10-rc1+": true, "10.0": true,
		"5.7.19": false, "4.19.0-26-amd64": false, "5": false, "": false, "custom": false,
	} {
		assert.Equal(t, want, since5_8(release), release)
	}
}
