// Two people who may log in to the sample. Their passwords, which are no secret here, are `clara-pays` and `bruno-hires`;
// `generatePasswordHash` made the hashes.
import { verifyPasswordHash, type DirectoryUser } from 'keystamp';

interface User extends DirectoryUser {
  readonly passwordHash: string;
}

const users: readonly User[] = [
  {
    name: 'clara',
    fullName: 'Clara Dupont',
    belongsTo: ['Payroll'],
    passwordHash: '$scrypt$ln=15,r=8,p=3$0P8SJKqe4NZLkcIYkVBUfQ$zl+AF67ghp2x74g/Z7vGVqWQvphzIXfUsXBzPLGpYeE',
  },
  {
    name: 'bruno',
    fullName: 'Bruno Silva',
    belongsTo: ['Staff'],
    passwordHash: '$scrypt$ln=15,r=8,p=3$qPM0j7SHqmFWmZ9xlm38pw$WwCY2Yx1TUAO8LLC1FffpS7W/kn0kkCbMIO49Paf2uA',
  },
];

/** Who has that name and that password, or nobody. */
export async function findUser(name: string, password: string): Promise<DirectoryUser | false> {
  const user = users.find((each) => each.name === name);
  if (!(await verifyPasswordHash(password, user?.passwordHash)) || !user) return false;
  const { passwordHash: _, ...known } = user;
  return known;
}
