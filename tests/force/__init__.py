"""Tests of force: processes killed, power cut, disks filled, crowds at one door; each a program of its own that prints figures."""
