// How a careful programmer prints the two classes of the sample by hand: one object per row, no attribute looked up.
import type { ServerResponse } from 'node:http';

export interface EmployeeRow {
  readonly ID: number;
  readonly stamp: number;
  readonly timestamp: string;
  readonly version: number | null;
  readonly firstName: string | null;
  readonly lastName: string;
  readonly email: string | null;
  readonly salary: number | null;
  readonly birthDate: string | null;
  readonly hiringDate: string | null;
  readonly lastLogin: number | null;
  readonly active: number | null;
  readonly remote: number | null;
  readonly badge: string | null;
  readonly notes: string | null;
  readonly spec: string | null;
  readonly companyID: number | null;
  readonly managerID: number | null;
}

export interface CompanyRow {
  readonly ID: number;
  readonly stamp: number;
  readonly timestamp: string;
  readonly version: number | null;
  readonly hasBrochure: number;
  readonly name: string;
  readonly city: string | null;
  readonly founded: string | null;
  readonly revenue: number | null;
  readonly website: string | null;
}

/** What EmployeeRow needs, for a SELECT; the table's name or alias goes in front of each. */
export const employeeColumns =
  'ID, __stamp AS stamp, __timestamp AS timestamp, CASE WHEN photo IS NULL THEN NULL ELSE __base + photo__stamp END AS version, firstName, lastName, email, salary, birthDate, hiringDate, lastLogin, active, remote, badge, notes, spec, companyID, managerID';

export const companyColumns =
  'ID, __stamp AS stamp, __timestamp AS timestamp, CASE WHEN logo IS NULL THEN NULL ELSE __base + logo__stamp END AS version, brochure IS NOT NULL AS hasBrochure, name, city, founded, revenue, website';

/** `2018-09-14` → `14!9!2018` */
const simpleDate = (day: string | null): string | null =>
  day === null ? null : `${Number(day.slice(8, 10))}!${Number(day.slice(5, 7))}!${day.slice(0, 4)}`;
const flag = (value: number | null): boolean | null => (value === null ? null : value === 1);
const deferred = (dataClass: string, key: number | null): object | null =>
  key === null ? null : { __deferred: { uri: `/rest/${dataClass}(${key})`, __KEY: String(key) } };

const picture = (uri: string, name: string, version: number | null): object | null =>
  version === null
    ? null
    : { __deferred: { uri: `${uri}/${name}?$imageformat=best&$version=${version}&$expand=${name}`, image: true } };

/** @param employer printed in full instead of its link */
export function employee(row: EmployeeRow, employer?: object | null): object {
  const uri = `/rest/Employee(${row.ID})`;
  return {
    __KEY: String(row.ID),
    __TIMESTAMP: row.timestamp,
    __STAMP: row.stamp,
    ID: row.ID,
    firstName: row.firstName,
    lastName: row.lastName,
    email: row.email,
    salary: row.salary,
    birthDate: simpleDate(row.birthDate),
    hiringDate: simpleDate(row.hiringDate),
    lastLogin: row.lastLogin === null ? null : new Date(row.lastLogin).toISOString(),
    active: flag(row.active),
    remote: flag(row.remote),
    badge: row.badge,
    notes: row.notes,
    spec: row.spec === null ? null : (JSON.parse(row.spec) as unknown),
    photo: picture(uri, 'photo', row.version),
    companyID: row.companyID,
    managerID: row.managerID,
    employer: employer === undefined ? deferred('Company', row.companyID) : employer,
    manager: deferred('Employee', row.managerID),
    reports: { __deferred: { uri: `${uri}/reports?$expand=reports` } },
  };
}

/** @param staff printed in full instead of its link */
export function company(row: CompanyRow, staff?: object): object {
  const uri = `/rest/Company(${row.ID})`;
  return {
    __KEY: String(row.ID),
    __TIMESTAMP: row.timestamp,
    __STAMP: row.stamp,
    ID: row.ID,
    name: row.name,
    city: row.city,
    founded: simpleDate(row.founded),
    revenue: row.revenue,
    website: row.website,
    logo: picture(uri, 'logo', row.version),
    brochure: row.hasBrochure === 1 ? { __deferred: { uri: `${uri}/brochure?$binary=true&$expand=brochure` } } : null,
    staff: staff ?? { __deferred: { uri: `${uri}/staff?$expand=staff` } },
  };
}

/** The envelope of a page of employees. */
export const page = (entities: readonly object[], count: number, first: number): object => ({
  __DATACLASS: 'Employee',
  __entityModel: 'Employee',
  __GlobalStamp: 0,
  __COUNT: count,
  __SENT: entities.length,
  __FIRST: first,
  __ENTITIES: entities,
});

/** @param caching the value of `Cache-Control` */
export function send(response: ServerResponse, status: number, caching: string, answer: object): void {
  const body = JSON.stringify(answer);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=UTF-8',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': caching,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
