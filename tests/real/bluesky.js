// Starts the reference PLC, PDS and AppView on this machine and prints where the two that the tests call listen.
// bluesky.sh runs it: NODE_PATH leads to @atproto/dev-env, DB_POSTGRES_URL to an empty database.
'use strict'

const net = require('node:net')

// dev-env lets every server listen on all addresses. Here nobody else may call them.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (where, ...rest) {
  const options = typeof where === 'object' ? where : { port: where }
  this.once('listening', () => {
    const { address } = this.address()
    if (address !== '127.0.0.1') throw new Error(`listens on ${address}, not on 127.0.0.1 alone`)
  })
  return listen.call(this, { ...options, host: '127.0.0.1' }, rest.find((each) => typeof each === 'function'))
}

// TestNetwork insists on an address for Redis, and calls nobody there.
process.env.REDIS_HOST = '127.0.0.1:1'

const { TestNetwork } = require('@atproto/dev-env')

TestNetwork.create({ bsky: { dbPostgresSchema: 'bsky' } }).then(
  ({ pds, bsky }) => {
    console.log(`export OIDO_BLUESKY_PDS=http://127.0.0.1:${pds.port}`)
    console.log(`export OIDO_BLUESKY_APPVIEW=http://127.0.0.1:${bsky.port}`)
  },
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
