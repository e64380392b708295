// Loaded before a server that listens on every interface: it then listens on the loopback interface alone.
const net = require("node:net");
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const done = args.filter((a) => typeof a === "function");
  const options = typeof args[0] === "object" && args[0] !== null ? args[0] : { port: Number(args[0]) };
  return listen.call(this, { ...options, host: "127.0.0.1" }, ...done);
};
