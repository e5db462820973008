// Brings the replica set to the members that MONGODB_HOSTS names; changes nothing if it has them.
// Run by mongosh --nodb. A member that is no longer named stays: removing one is for a person.
const hosts = process.env.MONGODB_HOSTS.split(",").map((name) => `${name}:27017`);
const root = `mongodb://root:${encodeURIComponent(process.env.MONGODB_ROOT_PASSWORD)}@`;

const first = connect(`${root}${hosts[0]}/admin?directConnection=true`);
try {
  first.runCommand({ replSetGetConfig: 1 });
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  const members = [{ _id: 0, host: hosts[0] }];
  first.runCommand({ replSetInitiate: { _id: "didim", members } });
}

const set = connect(`${root}${hosts.join()}/admin?replicaSet=didim`); // waits for the primary
for (const host of hosts) {
  const { config } = set.runCommand({ replSetGetConfig: 1 });
  if (config.members.some((member) => member.host === host)) continue;
  const _id = 1 + Math.max(...config.members.map((member) => member._id));
  config.members.push({ _id, host }); // MongoDB takes one voting member at a time
  config.version += 1;
  set.runCommand({ replSetReconfig: config });
}
print(`replica set: ${hosts.join(" ")}`);
