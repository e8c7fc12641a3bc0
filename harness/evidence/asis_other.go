//go:build !unix

package evidence

// asItIs is for systems that can be asked to follow no link.
const asItIs = 0
