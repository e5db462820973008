// Makes Didim's own user when MongoDB's image starts on an empty volume; compose.yaml uses it too.
db.getSiblingDB("admin").createUser({
  user: "didim",
  pwd: process.env.MONGODB_PASSWORD,
  roles: [
    { role: "readWrite", db: "didim" },
    { role: "dbAdmin", db: "didim" }, // validators and indexes
  ],
});
