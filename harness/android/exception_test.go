package android

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestASecurityExceptionIsFoundWhereItStands(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]int{
		"java.lang.SecurityException: Injecting":  len("java.lang."),
		"\nSecurity exception: Neither user 2000": 1,
		"Permission Denial: x":                    0,
		"Error: Permission denial: x":             len("Error: "),
		"secure":                                  -1,
		"":                                        -1,
		"java.lang.NullPointerException: SecurityExceptio": -1,
	} {
		assert.Equal(t, want, SecurityException(said), said)
	}
}

func TestAnExceptionStandsInPlaceOfAnAnswerOnlyAtItsBeginning(t *testing.T) {
	t.Parallel()
	for out, want := range map[string]bool{
		"\nException occurred while executing 'list':\n": true,
		"Security exception: x":                          true,
		"  java.lang.SecurityException: x\n":             true,
		"package:a\nPermission Denial: x":                false,
		"":                                               false,
	} {
		assert.Equal(t, want, ExceptionInPlace(out), out)
	}
}

func TestAnExceptionsMessageIsWithoutItsKind(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "not allowed", ExceptionMessage("  Error: java.lang.SecurityException: not allowed"))
	assert.Equal(t, "not allowed", ExceptionMessage("not allowed\r"))
}
