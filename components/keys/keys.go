// Package keys derives cryptographic keys from a secret seed. The same seed yields the same
// key on every machine and in every run, so nothing but the seed has to be kept.
//
// The package imports only the standard library.
package keys

import (
	"crypto/hkdf"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
)

// Fernet returns a key of 32 bytes in URL-safe base64
// (https://github.com/fernet/spec/blob/master/Spec.md#key-format).
func Fernet(seed string) (string, error) {
	const length = 32
	key, err := Derive(seed, "fernet", length)
	if err != nil {
		return "", err
	}
	return base64.URLEncoding.EncodeToString(key), nil
}

// RSA returns a private key in PEM (PKCS #8). The primes follow FIPS 186-5, A.1.3, with the
// seed as the source of random bits (https://nvlpubs.nist.gov/nistpubs/FIPS/NIST.FIPS.186-5.pdf).
func RSA(seed string, bits int) (string, error) {
	const smallest, multiple = 2048, 16
	if bits < smallest || bits%multiple != 0 {
		return "", fmt.Errorf("an RSA key of %d bits: need a multiple of %d from %d", bits, multiple, smallest)
	}
	p, err := prime(seed, fmt.Sprintf("rsa %d p", bits), bits/2, nil)
	if err != nil {
		return "", err
	}
	q, err := prime(seed, fmt.Sprintf("rsa %d q", bits), bits/2, p)
	if err != nil {
		return "", err
	}
	key, err := assemble(p, q)
	if err != nil {
		return "", err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", fmt.Errorf("encoding an RSA key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})), nil
}

// exponent is the public exponent of every key.
const exponent = 65537

func assemble(p, q *big.Int) (*rsa.PrivateKey, error) {
	one := big.NewInt(1)
	p1, q1 := new(big.Int).Sub(p, one), new(big.Int).Sub(q, one)
	common := new(big.Int).GCD(nil, nil, p1, q1)
	least := new(big.Int).Div(new(big.Int).Mul(p1, q1), common)
	d := new(big.Int).ModInverse(big.NewInt(exponent), least)
	if d == nil {
		return nil, errors.New("the primes of an RSA key do not fit its exponent")
	}
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: exponent},
		D:         d,
		Primes:    []*big.Int{p, q},
	}
	key.Precompute()
	if err := key.Validate(); err != nil {
		return nil, fmt.Errorf("checking an RSA key: %w", err)
	}
	return key, nil
}

// prime returns the first prime among the candidates that follow from the seed. Another prime
// must differ from it within the first 100 bits; nil for none.
func prime(seed, purpose string, bits int, other *big.Int) (*big.Int, error) {
	// About one odd number of 2,048 bits in 710 is prime, so the attempts never run out.
	const attempts, rounds, apart = 100_000, 20, 100
	sieve := smallPrimes()
	e, one := big.NewInt(exponent), big.NewInt(1)
	for attempt := range attempts {
		raw, err := Derive(seed, fmt.Sprintf("%s %d", purpose, attempt), bits/8)
		if err != nil {
			return nil, err
		}
		// With the two highest bits the product of two primes has all of its bits.
		raw[0] |= 0b1100_0000
		raw[len(raw)-1] |= 1
		candidate := new(big.Int).SetBytes(raw)
		if new(big.Int).GCD(nil, nil, candidate, sieve).Cmp(one) != 0 || !candidate.ProbablyPrime(rounds) {
			continue
		}
		before := new(big.Int).Sub(candidate, one)
		if new(big.Int).GCD(nil, nil, before, e).Cmp(one) != 0 {
			continue
		}
		if other != nil && new(big.Int).Sub(candidate, other).BitLen() <= bits-apart {
			continue
		}
		return candidate, nil
	}
	return nil, fmt.Errorf("found no prime of %d bits in %d attempts", bits, attempts)
}

// smallPrimes is the product of the odd primes up to 2,000. A common factor with it is found
// sooner than by a test for primes.
func smallPrimes() *big.Int {
	const limit = 2000
	product := big.NewInt(1)
	for n := int64(3); n < limit; n += 2 {
		if number := big.NewInt(n); number.ProbablyPrime(0) {
			product.Mul(product, number)
		}
	}
	return product
}

// Derive returns a number of secret bytes that follow from the seed. Another purpose has other bytes.
func Derive(seed, purpose string, length int) ([]byte, error) {
	if seed == "" {
		return nil, errors.New("the seed of a key is empty")
	}
	raw, err := hkdf.Key(sha256.New, []byte(seed), nil, "djangostack "+purpose, length)
	if err != nil {
		return nil, fmt.Errorf("deriving a key: %w", err)
	}
	return raw, nil
}
